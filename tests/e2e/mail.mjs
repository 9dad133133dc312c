// Reads what Prep wrote into its Maildir, as a mail program would.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "./stack.mjs";

function decodeBody(text, encoding) {
  if (/quoted-printable/i.test(encoding)) {
    const bytes = text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
  }
  if (/base64/i.test(encoding)) return Buffer.from(text, "base64").toString("utf8");
  return Buffer.from(text, "latin1").toString("utf8");
}

// RFC 2047: =?utf-8?Q?...?= and =?utf-8?B?...?=
function decodeWords(text) {
  return text.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind, body) =>
    kind.toUpperCase() === "B" ? Buffer.from(body, "base64").toString("utf8") : decodeBody(body.replace(/_/g, " "), "quoted-printable"));
}

function parse(raw) {
  const at = /\r?\n\r?\n/.exec(raw);
  const headers = {};
  for (const line of raw.slice(0, at.index).replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = decodeWords(line.slice(colon + 1).trim());
  }
  const body = raw.slice(at.index + at[0].length);
  const type = headers["content-type"] ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary) {
    const pieces = body.split(new RegExp(`(?:^|\\r?\\n)--${boundary.replace(/[^\w]/g, "\\$&")}(?:--)?\\r?\\n?`));
    return { headers, type, parts: pieces.slice(1, -1).map(parse) };
  }
  return { headers, type, parts: [], text: decodeBody(body, headers["content-transfer-encoding"] ?? "") };
}

function flat(entity) {
  return entity.parts.length > 0 ? entity.parts.flatMap(flat) : [entity];
}

// All mails to ADDRESS, oldest first: { subject, text, links, parts, headers }.
export function mailsTo(stack, address) {
  const dir = join(stack.mail, "new");
  let names;
  try {
    names = readdirSync(dir);
  } catch {
    return []; // made with the first mail
  }
  return names.map((name) => ({ name, at: statSync(join(dir, name)).mtimeMs }))
    .sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
    .map(({ name }) => {
      const entity = parse(readFileSync(join(dir, name), "latin1"));
      const parts = flat(entity);
      const text = parts.find((part) => part.type.startsWith("text/plain")).text;
      return { headers: entity.headers, to: entity.headers.to, subject: entity.headers.subject, text, parts, links: text.match(/https?:\/\/\S+/g) ?? [] };
    })
    .filter((mail) => mail.to.includes(address));
}

// The newest mail to ADDRESS whose subject fits; waits for it.
export function readMail(stack, address, subject = /./) {
  return until(`a mail ${subject} to ${address}`, () => mailsTo(stack, address).reverse().find((mail) => subject.test(mail.subject)));
}
