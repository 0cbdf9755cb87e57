// An OpenID provider for tests: `oidc-provider` (OpenID Certified) with one client and two people. It asks for nothing but a name.
// node provider.mjs ISSUER BACK CLIENT SECRET; prints "ready" when it listens, on loopback.
import { Provider } from "oidc-provider";

const [issuer, back, id, secret] = process.argv.slice(2);
const people = {
  anna: { preferred_username: "anna.eriksson", email: "anna@port.example", groups: ["staff", "duty"] },
  boris: { preferred_username: "boris", email: "boris@port.example", groups: ["staff"] },
};

const provider = new Provider(issuer, {
  clients: [{ client_id: id, client_secret: secret, redirect_uris: [back], grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: { openid: ["sub", "groups", "amr"], profile: ["preferred_username"], email: ["email"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  acrValues: ["urn:example:two"],
  findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...people[sub] }) }),
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = '<!doctype html><html lang="en"><title>Provider</title><form method="post"><label>Who <input name="who"></label><button>In</button></form></html>';
    return;
  }
  let body = "";
  for await (const piece of ctx.req) body += piece;
  ctx.respond = false;
  const login = { accountId: new URLSearchParams(body).get("who"), amr: ["pwd", "otp"] };
  await provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
});

provider.listen(Number(new URL(issuer).port), "127.0.0.1", () => console.log("ready"));
