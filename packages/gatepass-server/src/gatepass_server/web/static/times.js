// Points in time, in the reader's own time zone. Without this script they stand there in UTC, and say so.
"use strict";

const page = document.documentElement.lang;
const own = navigator.languages.find((tag) => tag.split("-")[0] === page.split("-")[0]) ?? page;
const format = new Intl.DateTimeFormat(own, { dateStyle: "long", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  time.textContent = format.format(new Date(time.dateTime));
}
