import { describe, expect, it } from 'vitest';
import {
  bioscan1m,
  bioscan1mRepaired,
  bioscan5m,
  bold,
  canadianInvertebrates,
  detectSchema,
  pandasMissing,
  readSpecimenTable,
  type SpecimenRow,
  type SpecimenTable,
  type TableSchema,
} from '../src/index.js';

const read = (text: string, schema?: TableSchema): Promise<SpecimenTable> =>
  readSpecimenTable(Buffer.from(text), schema === undefined ? {} : { schema });

/** The published headers, in their order. */
const header5m =
  'processid,sampleid,taxon,phylum,class,order,family,subfamily,genus,species,dna_bin,dna_barcode,country,province_state,coord-lat,coord-lon,image_measurement_value,area_fraction,scale_factor,inferred_ranks,split,index_bioscan_1M_insect,chunk';
const header1m =
  'sampleid processid uri name phylum class order family subfamily tribe genus species subspecies nucraw image_file large_diptera_family medium_diptera_family small_diptera_family large_insect_order medium_insect_order small_insect_order chunk_number copyright_license copyright_holder copyright_institution copyright_contact photographer author'.split(
    ' ',
  );

describe('schemas', () => {
  it('have the published columns in the published order', () => {
    const names = (schema: TableSchema): string[] =>
      schema.columns.filter((column) => column.optional !== true).map((column) => column.name);
    expect(names(bioscan5m)).toEqual(header5m.split(','));
    expect(names(bioscan5m)).toHaveLength(23);
    expect(names(bioscan1m)).toEqual(header1m);
    expect(names(bioscan1m)).toHaveLength(28);
    expect(names(canadianInvertebrates).sort()).toEqual(
      'processid sampleid dna_bin phylum class order family genus species dna_barcode sequence_len split'
        .split(' ')
        .sort(),
    );
  });

  it('read a record of BIOSCAN-5M: a quoted province, text chunks, an index written as a float', async () => {
    const record =
      'GMEEO6589-21,BIOUG68174-B08,Tuta absoluta,Arthropoda,Insecta,Lepidoptera,Gelechiidae,Gelechiinae,Tuta,Tuta absoluta,BOLD:AAJ8033,ACGTN,Egypt,"Qalyubia, north",30.247,31.545,139744.0,0.3503,1.6328,0,train,634333.0,05';
    const table = await read(`${header5m}\n${record}\n`);
    expect(table.source.schema).toBe('bioscan5m');
    expect(table.specimen(0)).toEqual({
      processId: 'GMEEO6589-21',
      sampleId: 'BIOUG68174-B08',
      lineage: {
        phylum: 'Arthropoda',
        class: 'Insecta',
        order: 'Lepidoptera',
        family: 'Gelechiidae',
        subfamily: 'Gelechiinae',
        genus: 'Tuta',
        species: 'Tuta absoluta',
      },
      bin: 'BOLD:AAJ8033',
      barcode: 'ACGTN',
      place: { country: 'Egypt', province: 'Qalyubia, north', latitude: 30.247, longitude: 31.545 },
      size: { maskPixels: 139744, areaFraction: 0.3503, scaleFactor: 1.6328 },
      split: 'train',
      image: { chunk: '05' },
      other: { taxon: 'Tuta absoluta', inferred_ranks: '0', index_bioscan_1M_insect: 634333 },
    } satisfies SpecimenRow);
    expect(table.column('imageChunk')).toMatchObject({ kind: 'text', dictionary: ['05'] });
    expect(table.column('latitude')).toMatchObject({ kind: 'number', values: Float64Array.of(30.247) });
  });

  it('keep every text but the empty one, unless tokens are given', async () => {
    const text = 'processid\tspecies\tcountry\nABC1-20\tNA\tNone\nABC2-20\tnull\t\n';
    const kept = await read(text);
    expect([...kept].map((specimen) => specimen.lineage.species)).toEqual(['NA', 'null']);
    const pandas = await read(text, { ...bold, missing: pandasMissing });
    expect([...pandas]).toEqual([
      { processId: 'ABC1-20', lineage: {} },
      { processId: 'ABC2-20', lineage: {} },
    ]);
  });

  it('read BIOSCAN-1M: not_classified is absent, columns without a field are kept', async () => {
    const row = header1m.map((name) =>
      name === 'processid'
        ? 'ABC1-20'
        : name === 'uri'
          ? 'BOLD:AAA0001'
          : name === 'tribe'
            ? 'Apini'
            : 'not_classified',
    );
    const table = await read(`${header1m.join('\t')}\n${row.join('\t')}\n`);
    expect(table.source.schema).toBe('bioscan1m');
    expect(table.specimen(0)).toEqual({
      processId: 'ABC1-20',
      lineage: {},
      bin: 'BOLD:AAA0001',
      other: { tribe: 'Apini' },
    });
  });

  it('repair BIOSCAN-1M as its loader does, in its order', async () => {
    const table = await read(
      [
        'processid\tfamily\tsubfamily\ttribe\tgenus\tspecies',
        'A1-20\tAsteiidae\t\tnot_classified\tAsteia\t',
        'A2-20\tApidae\tApinae\t\t\tApis mellifera',
        'A3-20\tApidae\t\t\tApis\t',
        'A4-20\tApidae\t\t\t\t',
        'A5-20\t\t\t\tApis\t',
      ].join('\n'),
      bioscan1mRepaired,
    );
    expect([...table].map(({ lineage, other }) => [lineage.subfamily, other?.tribe, lineage.genus])).toEqual([
      ['unassigned Asteiidae', 'Asteiini', 'Asteia'],
      ['Apinae', 'unassigned Apinae', 'Apis'],
      ['unassigned Apidae', 'unassigned Apidae', 'Apis'],
      [undefined, undefined, undefined],
      [undefined, undefined, 'Apis'],
    ]);
  });

  it('read older names of Canadian Invertebrates through aliases', async () => {
    const table = await read(
      'processid,species_name,genus_name,nucleotides,bin_uri\nABC1-20,Apis mellifera,Apis,ACGT,BOLD:AAA0001\n',
      canadianInvertebrates,
    );
    expect(table.specimen(0)).toEqual({
      processId: 'ABC1-20',
      lineage: { genus: 'Apis', species: 'Apis mellifera' },
      barcode: 'ACGT',
      bin: 'BOLD:AAA0001',
    });
  });

  it('read a Barcode Core Data Model export with what a curator asks about', async () => {
    const columns = {
      processid: 'ABC1-20',
      bin_uri: 'BOLD:AAA0001',
      'country/ocean': 'Norway',
      'province/state': 'Troms',
      coord: '(69.5, 18.25)',
      nuc: 'ACGT',
      identification_method: 'BIN taxonomy match',
      identified_by: 'A. Curator',
      voucher_type: 'holotype',
      inst: 'NHM',
      museumid: 'M "7"',
      collectors: 'B. Net',
      collection_date_start: '2020-06-01',
      life_stage: 'adult',
      insdc_acs: 'KM1',
      marker_code: 'COI-5P',
      funding_src: 'ignored',
    };
    const text = `${Object.keys(columns).join('\t')}\n${Object.values(columns).join('\t')}\n`;
    const table = await read(text);
    expect(table.specimen(0)).toEqual({
      processId: 'ABC1-20',
      lineage: {},
      bin: 'BOLD:AAA0001',
      place: { country: 'Norway', province: 'Troms', latitude: 69.5, longitude: 18.25 },
      barcode: 'ACGT',
      curation: {
        identificationMethod: 'BIN taxonomy match',
        identifier: 'A. Curator',
        voucher: 'holotype',
        institution: 'NHM',
        museumId: 'M "7"',
        collectors: 'B. Net',
        collectionDate: '2020-06-01',
        lifeStage: 'adult',
        accession: 'KM1',
        marker: 'COI-5P',
      },
    });
    const chosen = await readSpecimenTable(Buffer.from(text), { columns: ['funding_src', 'latitude', 'bin_uri'] });
    expect(chosen.specimen(0)).toEqual({
      processId: 'ABC1-20',
      lineage: {},
      bin: 'BOLD:AAA0001',
      place: { latitude: 69.5, longitude: 18.25 },
      other: { funding_src: 'ignored' },
    });
  });

  it('read a coordinate column with one problem for each bad pair', async () => {
    const bad = ['69.5', '(x, 1)', '91 0', '1,2,3', '[]'];
    const rows = bad.map((coord, i) => `A${i}-20\t${coord}\tACGT`);
    const table = await read(`processid\tcoord\tnuc\n${rows.join('\n')}\nB1-20\t-1.5;2\tACGT\n`);
    expect(table.rejects).toMatchObject({ count: 0, fieldCount: bad.length });
    expect(table.specimen(bad.length).place).toEqual({ latitude: -1.5, longitude: 2 });
  });

  it('are recognised by their header, or the reason is given', () => {
    const of = (header: string): string | undefined => detectSchema(header.split(/[ ,]/u)).schema?.name;
    expect(of(header5m)).toBe('bioscan5m');
    expect(of(header1m.join(' '))).toBe('bioscan1m');
    expect(
      of('processid sampleid dna_bin phylum class order family genus species dna_barcode sequence_len split'),
    ).toBe('canadian-invertebrates');
    expect(
      of(
        'processid sampleid dna_bin phylum class order family subfamily genus species country province lat lon marker genbank_accession nucleotides source',
      ),
    ).toBe('bold');
    expect(
      of(
        'processid phylum class order family subfamily genus species uri orgpic_id image_name sampleid image_file licence image_tar',
      ),
    ).toBe('bioscan1m');
    expect(of('PROCESSID Species NUC')).toBe('bold');
    expect(detectSchema(['name', 'species'])).toEqual({
      why: ['bioscan5m', 'bioscan1m', 'canadian-invertebrates', 'bold'].map((name) => `${name}: no column processid`),
    });
    expect(detectSchema(['processid', 'x', 'y']).schema).toBeUndefined();
  });

  it('are values: a schema of one’s own reads and refuses as it says', async () => {
    const own: TableSchema = {
      name: 'own',
      delimiter: ';',
      quotes: 'rfc4180',
      missing: ['-'],
      columns: [
        { name: 'id', field: 'processId', required: true },
        { name: 'art', field: 'species' },
        {
          name: 'length',
          onProblem: 'row',
          parser: {
            type: 'number',
            expected: 'a length as "3 mm"',
            parse: (field) => (/^\d+ mm$/u.test(field) ? Number.parseInt(field, 10) : { problem: 'bad-value' }),
            format: (value) => `${String(value)} mm`,
          },
        },
      ],
    };
    const table = await read('id;art;length\nx;-;3 mm\ny;"a;b";three\nz;a;\n', own);
    expect([...table]).toEqual([
      { processId: 'x', lineage: {}, other: { length: 3 } },
      { processId: 'z', lineage: { species: 'a' } },
    ]);
    expect(table.rejects.rows).toMatchObject([{ row: 2, column: 'length', reason: 'bad-value', lost: 'row' }]);
  });
});

describe('SpecimenTable', () => {
  it('has columns, rows, positions and the hash of its file', async () => {
    const text = 'processid\tspecies\tlat\tlon\nA1-20\tx\t1\t2\nA2-20\t\t\t\nA3-20\tx\t3\t4\n';
    const table = await read(text);
    expect(table.length).toBe(3);
    expect(table.column('species')).toMatchObject({ codes: Int32Array.of(0, -1, 0), dictionary: ['x'] });
    expect([0, 1, 2].map((row) => table.column('latitude')?.at(row))).toEqual([1, undefined, 3]);
    expect(['A3-20', 'A9-20'].map((id) => table.indexOf(id))).toEqual([2, -1]);
    expect(table.column('genus')).toBeUndefined();
    expect(() => table.specimen(3)).toThrow(RangeError);
    expect(table.source).toEqual({
      file: '<bytes>',
      schema: 'bold',
      misspelt: [],
      bytes: 59,
      // By sha256sum.
      sha256: 'e858335c27fa9d5a0aa35801bc84b1447cfff8ad9b76416c81a76e58ca541cc2',
    });
  });

  it('reads coordinates as a pair, also when one is asked for, and counts what has no partner', async () => {
    const text = Buffer.from('processid\tspecies\tlat\tlon\nA1-20\tx\t1\t2\n');
    const one = await readSpecimenTable(text, { columns: ['latitude'] });
    expect(one.specimen(0).place).toEqual({ latitude: 1, longitude: 2 });
    const alone = await read('processid\tspecies\tlat\nA1-20\tx\t1\n');
    expect(alone.specimen(0).place).toBeUndefined();
    expect(alone.rejects.byReason).toEqual({ 'half-pair': 1 });
  });

  it('keeps what a predicate keeps, after duplicates are set aside', async () => {
    const text = 'processid\tspecies\tnuc\nA1-20\tx\tA\nA2-20\ty\tC\nA2-20\tx\tG\nA3-20\tx\tT\n';
    const table = await readSpecimenTable(Buffer.from(text), { where: (specimen) => specimen.lineage.species === 'x' });
    expect([...table].map((specimen) => specimen.barcode)).toEqual(['A', 'T']);
    expect(table.rejects.byReason).toEqual({ duplicate: 1 });
    const all = await readSpecimenTable(Buffer.from(text), { duplicates: 'keep' });
    expect(all.length).toBe(4);
    expect(all.indexOf('A2-20')).toBe(1);
  });

  it('names a column that is perhaps misspelt, and none of a published header', async () => {
    const of = async (header: string, schema?: TableSchema): Promise<unknown> =>
      (await read(`${header}\n`, schema)).source.misspelt;
    expect(await of('processid\tspecies\tgenus\tcountry\tnuclleotides\tdepth', bold)).toEqual([
      ['nuclleotides', 'nucleotides'],
    ]);
    expect(await of(header5m)).toEqual([]);
    expect(await of(header5m.replace('dna_barcode', 'dna_barcod').replace('species', 'spcies'))).toEqual([
      ['spcies', 'species'],
      ['dna_barcod', 'dna_barcode'],
    ]);
  });

  it('reports progress in bytes of the file', async () => {
    const text = Buffer.from(`processid\tspecies\tnuc\n${'A1-20\tx\tA\n'.repeat(10)}`);
    const seen: unknown[] = [];
    await readSpecimenTable(text, { duplicates: 'keep', onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ done: text.length, total: text.length });
  });
});
