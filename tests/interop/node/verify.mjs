// Verifies a token with Node's jose, by PEM and by JWK set. Standard input: {"token", "pem", "jwks", "alg", "issuer",
// "audience", "now"}, the time in seconds; output: the claims.
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createLocalJWKSet, jwtVerify } from "jose";

const { token, pem, jwks, alg, issuer, audience, now } = JSON.parse(readFileSync(0, "utf8"));
const options = { issuer, audience, typ: "at+jwt", algorithms: [alg], currentDate: new Date(now * 1000) };
const { payload } = await jwtVerify(token, createPublicKey(pem), options);
await jwtVerify(token, createLocalJWKSet(jwks), options);
process.stdout.write(JSON.stringify(payload));
