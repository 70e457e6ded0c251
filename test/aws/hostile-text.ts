import fc from "fast-check";

const payloads = [
  ...[
    ";id",
    "$(id)",
    "`id`",
    "|id",
    "&&id",
    "\nid",
    "\rid",
    "\0",
    "'",
    '"',
    "\\",
    " ",
    "-",
    "--help",
    "../..",
    "*",
    "{{ tag }}",
  ],
  ...[
    "${IFS}",
    "\u2028",
    "\u00a0",
    "\u202e",
    "v1.0.0",
    "sha-0123abc",
    "prod",
    "shop",
    "A",
    "\u0131",
    "\uff11",
    "<(id)",
    "!!",
    "~",
    "#",
  ],
];

/** Text made to pass for a word and to be more than one: grammar and shell syntax in every order. */
export const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...payloads), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(..."abcdef0123456789-.:;$`\n"), minLength: 1, maxLength: 75 }),
);
