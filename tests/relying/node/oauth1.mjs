// A program of OAuth 1.0a with the library oauth-1.0a. Each line that it reads is one client: it prints where the person
// goes, reads the verifier, and prints what it was told.
import { constants, createHmac, createSign } from "node:crypto";
import { createInterface } from "node:readline";
import OAuth from "oauth-1.0a";

const { ISSUER, CALLBACK } = process.env;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;

const sign = (method, key) => (base, secrets) => {
  const [kind, hash] = method.split("-");
  if (kind === "PLAINTEXT") return secrets;
  if (kind === "HMAC") return createHmac(hash.toLowerCase(), secrets).update(base).digest("base64");
  return createSign(`RSA-${hash}`).update(base).sign({ key, padding: constants.RSA_PKCS1_PADDING }, "base64");
};

async function call(oauth, url, data, token) {
  const request = { url, method: "POST", data: { ...data } }; // the library adds the query's parameters to its own
  const headers = oauth.toHeader(oauth.authorize(request, token));
  const form = Object.fromEntries(Object.entries(data).filter(([name]) => !name.startsWith("oauth_")));
  const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer;
}

async function credentials(answer) {
  const told = new URLSearchParams(await answer.text());
  return { key: told.get("oauth_token"), secret: told.get("oauth_token_secret") };
}

for (let line = await next(); line; line = await next()) {
  const { method, id, secret, key } = JSON.parse(line);
  const oauth = new OAuth({
    consumer: { key: id, secret: secret ?? "" },
    signature_method: method,
    hash_function: sign(method, key),
    realm: "Photos",
  });
  const temporary = await credentials(await call(oauth, `${ISSUER}/oauth1/initiate`, { oauth_callback: CALLBACK }));
  console.log(JSON.stringify({ go: `${ISSUER}/oauth1/authorize?oauth_token=${temporary.key}` }));
  const verifier = await next();
  const token = await credentials(
    await call(oauth, `${ISSUER}/oauth1/token`, { oauth_verifier: verifier }, temporary),
  );
  const odd = { "a b": "ü+&=~*'()", empty: "" };
  const userinfo = await (await call(oauth, `${ISSUER}/oauth1/userinfo?a=1&a=0`, odd, token)).json();
  const jwt = await (await call(oauth, `${ISSUER}/oauth1/jwt`, { scope: "openid email" }, token)).json();
  console.log(JSON.stringify({ userinfo, jwt }));
}
