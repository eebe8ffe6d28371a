import type { Curation } from '@bioscan/core';

/** What tells where a specimen was photographed. */
export interface ClusteredRecord {
  readonly processId: string;
  readonly sampleId?: string;
  readonly curation?: Pick<Curation, 'site'>;
}

/** The plate of each specimen, as its sample id says (`PLATE-A01`), else its site: photos of one are taken together and are alike. */
export function photoClusters(records: Iterable<ClusteredRecord>): ReadonlyMap<string, string> {
  const clusters = new Map<string, string>();
  for (const { processId, sampleId, curation } of records) {
    const plate = /^(.+)-[A-H](?:0[1-9]|1[0-2])$/u.exec(sampleId ?? '')?.[1];
    const cluster = plate === undefined ? curation?.site : `plate ${plate}`;
    if (cluster !== undefined) clusters.set(processId, cluster);
  }
  return clusters;
}
