// Makes a DPoP proof with Node's jose, as a client in a browser would, and judges one of ours with it. Standard input:
// {"jose", "alg", "claims", "proof"}, the address of jose's module first; output: {"proof", "thumbprint", "claims", "seen"}.
import { readFileSync } from "node:fs";

const given = JSON.parse(readFileSync(0, "utf8"));
const { SignJWT, EmbeddedJWK, calculateJwkThumbprint, exportJWK, generateKeyPair, jwtVerify } = await import(given.jose);

const { publicKey, privateKey } = await generateKeyPair(given.alg, { extractable: true });
const jwk = await exportJWK(publicKey);
const proof = await new SignJWT(given.claims).setProtectedHeader({ typ: "dpop+jwt", alg: given.alg, jwk }).sign(privateKey);
const { payload, protectedHeader } = await jwtVerify(given.proof, EmbeddedJWK, { typ: "dpop+jwt", algorithms: [given.alg] });
process.stdout.write(
  JSON.stringify({
    proof,
    thumbprint: await calculateJwkThumbprint(jwk),
    claims: payload,
    seen: await calculateJwkThumbprint(protectedHeader.jwk),
  }),
);
