// An OpenID Connect provider of others (oidc-provider), where whoever comes is whom they say they are.
import Provider from "oidc-provider";

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, LOGOUT_URI } = process.env;

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      backchannel_logout_uri: LOGOUT_URI,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["a key of the tests"] },
  features: { backchannelLogout: { enabled: true } },
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options), // without its guard of this machine
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `${id} of Node` }),
  }),
  pkce: { required: () => true },
});

provider.on("backchannel.error", (_, error, client) => console.error("backchannel.error", client.clientId, error));

provider.listen(Number(PORT), "127.0.0.1");
