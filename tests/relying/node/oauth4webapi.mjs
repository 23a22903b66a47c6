// A program that people sign in to, with oauth4webapi: every step of the protocol in the open.
import * as oauth from "oauth4webapi";
import { serve } from "./serve.mjs";

const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, DISCOVERY = "oidc" } = process.env;
const self = `http://127.0.0.1:${PORT}`;
const issuer = new URL(ISSUER);
const options = { [oauth.allowInsecureRequests]: issuer.protocol === "http:" };
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options, algorithm: DISCOVERY }));
const client = { client_id: CLIENT_ID };
const authentication = oauth.ClientSecretBasic(CLIENT_SECRET);
const waiting = new Map(); // what each sign-in that began must be answered with, by its state
let tokens; // of the one person who uses this program
let identity; // that person's ID token, and what stands in it

const userinfo = async () => {
  const response = await oauth.userInfoRequest(server, client, tokens.access_token, options);
  return await oauth.processUserInfoResponse(server, client, identity.claims.sub, response);
};

serve(PORT, {
  async "/login"() {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    waiting.set(state, { verifier, nonce });
    const url = new URL(server.authorization_endpoint);
    for (const [name, value] of Object.entries({
      client_id: CLIENT_ID,
      redirect_uri: `${self}/callback`,
      response_type: "code",
      scope: "openid profile email offline_access",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    })) {
      url.searchParams.set(name, value);
    }
    return { location: url.href };
  },
  async "/callback"(url) {
    const state = url.searchParams.get("state");
    const { verifier, nonce } = waiting.get(state);
    waiting.delete(state);
    const answered = oauth.validateAuthResponse(server, client, url, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      answered,
      `${self}/callback`,
      verifier,
      options,
    );
    tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      maxAge: 3600,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, options);
    identity = { token: tokens.id_token, claims: oauth.getValidatedIdTokenClaims(tokens) };
    return { location: "/" };
  },
  async "/"() {
    return { claims: identity.claims, userinfo: await userinfo() };
  },
  async "/refresh"() {
    const { refresh_token } = tokens;
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, options);
    tokens = await oauth.processRefreshTokenResponse(server, client, response);
    return { rotated: tokens.refresh_token !== refresh_token, userinfo: await userinfo() };
  },
  async "/introspect"() {
    const response = await oauth.introspectionRequest(server, client, authentication, tokens.access_token, options);
    return await oauth.processIntrospectionResponse(server, client, response);
  },
  async "/revoke"() {
    const { refresh_token } = tokens;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, refresh_token, options),
    );
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, options);
    return await oauth.processRefreshTokenResponse(server, client, response).then(
      () => ({ error: "none" }),
      ({ error }) => ({ error }),
    );
  },
  async "/logout"() {
    const url = new URL(server.end_session_endpoint);
    url.searchParams.set("id_token_hint", identity.token);
    url.searchParams.set("post_logout_redirect_uri", `${self}/signed-out`);
    url.searchParams.set("state", "a state");
    return { location: url.href };
  },
  async "/signed-out"(url) {
    return { state: url.searchParams.get("state") };
  },
});
