// A button beside each password that shows what was typed. Without this script there is none, and nothing is missing.
"use strict";

for (const box of document.querySelectorAll(".password")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  button.textContent = box.dataset.show;
  button.setAttribute("aria-label", box.dataset.label);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
  box.append(button);
  // What is shown is hidden again before it is sent: browsers offer to keep the text of other fields.
  input.form.addEventListener("submit", () => { input.type = "password"; });
}
