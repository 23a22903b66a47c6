// Signs a token with Node's jose. Standard input: {"pem", "passphrase", "alg", "kid", "claims"}; output: the token.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { SignJWT } from "jose";

const { pem, passphrase, alg, kid, claims } = JSON.parse(readFileSync(0, "utf8"));
const key = createPrivateKey({ key: pem, passphrase: passphrase ?? undefined });
process.stdout.write(await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(key));
