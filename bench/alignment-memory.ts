/** `alignment-memory.ts <batch> <chunks> <steps>`: aligns that batch in chunks and prints peak resident bytes of this process as JSON. */
import { openAlignment } from './alignment.js';

const [batch = 2000, chunks = 50, steps = 2] = process.argv.slice(2).map(Number);
const ours = await openAlignment(batch, chunks);
let seconds = 0;
for (let step = 0; step < steps; step++) seconds += await ours.step();
const loss = ours.loss();
await ours.close();
console.log(JSON.stringify({ bytes: process.resourceUsage().maxRSS * 1024, secondsPerStep: seconds / steps, loss }));
