// A program in the browser alone: oidc-client-ts signs in, renews and signs out. Every address shows the same page.
const { UserManager } = oidc;
const { authority, client_id, scope } = await (await fetch("/settings.json")).json();
const origin = location.origin;
const manager = new UserManager({
  authority,
  client_id,
  scope,
  redirect_uri: `${origin}/callback`,
  post_logout_redirect_uri: `${origin}/`,
  loadUserInfo: true,
  automaticSilentRenew: false, // this page renews when it is told to
});

const show = (told) => {
  document.querySelector("#told").textContent = JSON.stringify(told);
};
const show_user = (user, more) =>
  show({ email: user.profile.email, name: user.profile.name, token: user.access_token, ...more });
const press = (id, action) =>
  document.querySelector(id).addEventListener("click", () =>
    action().catch((error) => show({ error: error.error ?? error.message })),
  );

press("#sign-in", () => manager.signinRedirect());
press("#look", async () => show_user(await manager.signinSilent(), { found: true }));
press("#renew", async () => show_user(await manager.signinSilent(), { renewed: true }));
press("#sign-out", () => manager.signoutRedirect({ state: "bye" })); // so that it knows the answer when it comes

if (location.pathname === "/callback") {
  const user = await manager.signinCallback(); // within a frame it tells the page around it
  if (user) {
    history.replaceState(null, "", "/");
    show_user(user);
  }
} else if (new URLSearchParams(location.search).has("state")) {
  await manager.signoutCallback();
  show({ signed_out: true });
} else {
  const user = await manager.getUser();
  show({ signed_in: user !== null });
}
