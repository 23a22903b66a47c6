// Node's libraries prepared for one lane, and Node's own signature check as their measure.
import { createPublicKey, constants, verify } from "node:crypto";
import { createVerifier } from "fast-jwt";
import { importSPKI, jwtVerify } from "jose";

const REQUIRED = ["iss", "aud", "exp", "sub"];

/** Name to { call, items }; a call checks one item and returns its claims, or a promise of them. */
export async function prepare({ alg, pem, issuer, audience, tokens }) {
  const joseKey = await importSPKI(pem, alg);
  const rules = { issuer, audience, algorithms: [alg], typ: "at+jwt", requiredClaims: REQUIRED };
  const fast = (options) =>
    createVerifier({
      key: pem, algorithms: [alg], allowedIss: issuer, allowedAud: audience, checkTyp: "at+jwt",
      requiredClaims: REQUIRED, ...options,
    });
  return {
    raw: { call: raw(alg, createPublicKey(pem)), items: tokens.map(pair) },
    jose: { call: async (token) => (await jwtVerify(token, joseKey, rules)).payload, items: tokens },
    "fast-jwt": { call: fast({ cache: false }), items: tokens },
    "fast-jwt, with its cache": { call: fast({ cache: true }), items: tokens },
  };
}

/** The faults that a side does not see, by their names. */
export async function accepted(call, faulty) {
  const names = [];
  for (const [fault, token] of Object.entries(faulty)) {
    try {
      await call(token);
      names.push(fault);
    } catch {
      // refused, as it should be
    }
  }
  return names;
}

function pair(token) {
  const end = token.lastIndexOf(".");
  return { data: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), "base64url") };
}

function raw(alg, key) {
  const hash = alg === "EdDSA" ? null : "sha256";
  const options = { key, dsaEncoding: "ieee-p1363" };
  if (alg === "PS256") Object.assign(options, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  return ({ data, signature }) => {
    if (!verify(hash, data, options, signature)) throw new Error("a good signature was refused");
  };
}
