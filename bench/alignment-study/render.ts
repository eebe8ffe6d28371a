/**
 * Photos of the study's worlds into its cache, ahead of the study: `tsx bench/alignment-study/render.ts <out> [part/parts] [phase…]`.
 * Several processes may share the work; each world is rendered once.
 */
import { quickStudy, renderWorld, type WorldPlan } from '@bioscan/cli';
import { nodeStore } from '@bioscan/runtime/node';
import { protocol } from './protocol.js';

const [out = 'out/alignment-study', part = '1/1', ...phases] = process.argv.slice(2);
const { adverseWorlds, doseSeeds, doses, nullWorlds, pretraining, reportedWorlds, tuningWorlds } = protocol;
const [index = 1, parts = 1] = part.split('/').map(Number);
const all: Readonly<Record<string, readonly WorldPlan[]>> = {
  main: [pretraining.world, ...tuningWorlds, ...reportedWorlds],
  null: nullWorlds,
  dose: Object.values(doses).flatMap((list) => list.flatMap(({ world }) => doseSeeds.map((seed) => ({ seed, world })))),
  adverse: Object.values(adverseWorlds).flat(),
};
const chosen = phases.length === 0 ? Object.keys(all) : phases;
const plans = chosen.flatMap((phase) => all[phase] ?? []);
for (const [i, plan] of plans.entries()) {
  if (i % parts !== index - 1) continue;
  const started = performance.now();
  await renderWorld(plan, { settings: quickStudy, cache: nodeStore(`${out}/cache`) });
  console.log(`${plan.world?.name ?? 'standard'} ${plan.seed}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
