// Goes on when every frame has told its app of the log-out, or has had the time. Without this script a button does.
"use strict";

const PATIENCE = 3000;
const onward = document.querySelector("a[data-onward]");
const frames = [...document.querySelectorAll("iframe")];
const told = frames.map((frame) => new Promise((done) => frame.addEventListener("load", done)));
const enough = new Promise((done) => { setTimeout(done, PATIENCE); });
Promise.race([Promise.all(told), enough]).then(() => { location.replace(onward.href); });
