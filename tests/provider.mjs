// A real provider of OpenID Connect: `node provider.mjs PORT PEOPLE.json CLIENTS.json`.
// Anybody of PEOPLE.json ({subject: claims}) signs in with any password.
import { readFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, people, clients] = process.argv.slice(2);
const told = (file) => JSON.parse(readFileSync(file, "utf-8"));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: told(clients),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "own", use: "sig", alg: "RS256" }] },
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  claims: {
    openid: ["sub"],
    profile: ["name", "preferred_username", "locale", "groups", "office"],
  },
  async findAccount(_context, id) {
    const claims = told(people)[id];
    return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 600, Session: 600 },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
