/** First words that are no commands of their own → what the commands below them are about. */
export const groups: Readonly<Record<string, string>> = {
  hooks: "Webhooks at a forge",
  targets: "Hosts that are deployed to",
  setup: "From nothing to a forge that is served",
};
