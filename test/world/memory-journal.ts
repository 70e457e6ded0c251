import type { Delivery, Journal, RecordedDecision, Repository } from "../../lib/core/ports.ts";

export function memoryJournal(): Journal {
  const deliveries = new Map<string, Delivery>();
  const decisions = new Map<string, RecordedDecision>();
  const repositories = new Map<string, Repository>();

  return {
    async recordDelivery(delivery) {
      const id = `${delivery.forge}/${delivery.id}`;
      if (delivery.outcome === "received" && deliveries.has(id)) return;
      deliveries.set(id, structuredClone(delivery));
    },
    async delivery(forge, id) {
      return deliveries.get(`${forge}/${id}`);
    },
    async recordDecision(decision) {
      const id = `${decision.forge}/${decision.pushId}`;
      if (!decisions.has(id)) decisions.set(id, structuredClone(decision));
    },
    async recordComparison(decision, compared) {
      decisions.set(`${decision.forge}/${decision.pushId}`, structuredClone({ ...decision, compared }));
    },
    async decisions(limit) {
      return [...decisions.values()].sort((a, b) => b.at - a.at).slice(0, limit);
    },
    async repository(forge, repoId) {
      return repositories.get(`${forge}/${repoId}`);
    },
    repositories: async () => [...repositories.values()],
    async saveRepository(repository) {
      const id = `${repository.forge}/${repository.id}`;
      const sendsJobEvents = repository.sendsJobEvents || repositories.get(id)?.sendsJobEvents === true;
      repositories.set(id, { ...repository, sendsJobEvents });
    },
  };
}
