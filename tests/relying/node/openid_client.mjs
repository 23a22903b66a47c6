// A program that people sign in to, with openid-client: a page for each of sign-in, refresh and log-out.
import * as client from "openid-client";
import { serve } from "./serve.mjs";

const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
const self = `http://127.0.0.1:${PORT}`;
const issuer = new URL(ISSUER);
const loopback = issuer.protocol === "http:" ? { execute: [client.allowInsecureRequests] } : undefined;
const config = await client.discovery(issuer, CLIENT_ID, CLIENT_SECRET, undefined, loopback);
const waiting = new Map(); // what each sign-in that began must be answered with, by its state
let tokens; // of the one person who uses this program
let identity; // that person's ID token, and what stands in it

const userinfo = () => client.fetchUserInfo(config, tokens.access_token, identity.claims.sub);

serve(PORT, {
  async "/login"() {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    waiting.set(state, { verifier, nonce });
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${self}/callback`,
      scope: "openid profile email offline_access",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return { location: url.href };
  },
  async "/callback"(url) {
    const state = url.searchParams.get("state");
    const { verifier, nonce } = waiting.get(state);
    waiting.delete(state);
    tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    identity = { token: tokens.id_token, claims: tokens.claims() };
    return { location: "/" };
  },
  async "/"() {
    return { claims: identity.claims, userinfo: await userinfo() };
  },
  async "/refresh"() {
    const { refresh_token } = tokens;
    tokens = await client.refreshTokenGrant(config, refresh_token);
    return { rotated: tokens.refresh_token !== refresh_token, userinfo: await userinfo() };
  },
  async "/revoke"() {
    await client.tokenRevocation(config, tokens.refresh_token);
    return await client.refreshTokenGrant(config, tokens.refresh_token).then(
      () => ({ error: "none" }),
      ({ error }) => ({ error }),
    );
  },
  async "/logout"() {
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: identity.token,
      post_logout_redirect_uri: `${self}/signed-out`,
      state: "a state",
    });
    return { location: url.href };
  },
  async "/signed-out"(url) {
    return { state: url.searchParams.get("state") };
  },
});
