// Forms with data-post are sent in the background: the answers of /auth are for programs, not for people.
for (const form of document.querySelectorAll("form[data-post]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.dataset.post, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) {
      location.assign(form.dataset.then);
    } else {
      const told = await answer.json();
      document.getElementById("problem").textContent = told.detail || told.message;
    }
  });
}
