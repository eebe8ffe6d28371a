import type { Archetype } from './archetype.js';
import { flies } from './archetypes/fly.js';
import { wasps } from './archetypes/wasp.js';
import { beetles } from './archetypes/beetle.js';
import { bugs } from './archetypes/bug.js';
import { moths } from './archetypes/moth.js';
import { others } from './archetypes/other.js';

/** Where the families of each order start. Orders that are not listed look like flies, wasps, bugs, beetles or moths in turn. */
export const archetypesOfOrder: Readonly<Record<string, readonly Archetype[]>> = {
  Diptera: flies,
  Hymenoptera: wasps,
  Hemiptera: bugs,
  Coleoptera: beetles,
  Lepidoptera: moths,
  Psocodea: [others.barklouse],
  Thysanoptera: [others.thrips],
  Trichoptera: [others.caddisfly],
  Neuroptera: [others.lacewing],
  Blattodea: [others.cockroach],
  Orthoptera: [others.grasshopper],
  Entomobryomorpha: [others.springtail],
  Symphypleona: [others.springtail],
  Poduromorpha: [others.springtail],
  Araneae: [others.spider],
  Trombidiformes: [others.mite],
  Sarcoptiformes: [others.mite],
  Mesostigmata: [others.mite],
};

export const unlistedOrders: readonly (readonly Archetype[])[] = [flies, wasps, bugs, beetles, moths];
