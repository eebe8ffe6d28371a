import { contactSheet } from '../render/contact-sheet.js';
import { photograph } from '../render/photograph.js';
import type { Simulation } from '../simulate.js';
import type { Photographer } from './photographer.js';

/** Photos of one specimen of each of up to 48 families, most common orders first, as a PNG to look at. */
export async function datasetContactSheet({ truth }: Simulation, camera: Photographer): Promise<Uint8Array> {
  const families = new Map<string, { readonly processId: string; readonly caption: string }>();
  for (const { processId } of truth) {
    const { lineage } = camera.subjectOf(processId);
    const key = `${lineage.order ?? ''} ${lineage.family ?? ''}`;
    if (!families.has(key))
      families.set(key, { processId, caption: `${lineage.order ?? ''}: ${lineage.family ?? ''}` });
  }
  const chosen = [...families.values()].slice(0, 48).sort((a, b) => (a.caption < b.caption ? -1 : 1));
  const pictures = chosen.map(({ processId }) => {
    const { morphology, individual, scene } = camera.job(processId, []);
    return photograph(morphology, individual, scene, { width: 341, height: 256 }).picture;
  });
  return contactSheet(
    pictures,
    chosen.map(({ caption }) => caption),
  );
}
