import { checkReader } from '../../../tools/testing/check-reader.js';
import { bold, readFasta, readSpecimens, readSpecimenTable } from '../src/index.js';

const table = [
  'processid\tspecies\tcountry\tlat\tlon\tnucleotides\n',
  'ABC1-20\tApis mellifera\tCôte d’Ivoire\t5.5\t-4\tACGTN\n',
  'ABC2-20\t\tCanada "north"\t\t\tacgt--\n',
  'ABC3-20\tApis cerana\t\t\t\t\n',
].join('');
const specimens = [
  {
    processId: 'ABC1-20',
    lineage: { species: 'Apis mellifera' },
    place: { country: 'Côte d’Ivoire', latitude: 5.5, longitude: -4 },
    barcode: 'ACGTN',
  },
  { processId: 'ABC2-20', lineage: {}, place: { country: 'Canada "north"' }, barcode: 'acgt--' },
  { processId: 'ABC3-20', lineage: { species: 'Apis cerana' } },
];

checkReader({
  name: 'readSpecimens of a literal TSV',
  streams: true,
  read: (input, options) => readSpecimens(input, { ...options, schema: bold }),
  file: Buffer.from(table),
  specimens,
});

checkReader({
  name: 'readSpecimens of a quoted CSV, schema recognised',
  streams: true,
  read: (input, options) => readSpecimens(input, options),
  file: Buffer.from(
    'processid,dna_bin,province_state,split,chunk,area_fraction\n' +
      'ABC1-20,BOLD:AAA0001,"Limón, ""Sur""",pretrain,05,0.5\nABC2-20,,,train,b,\n',
  ),
  specimens: [
    {
      processId: 'ABC1-20',
      lineage: {},
      bin: 'BOLD:AAA0001',
      place: { province: 'Limón, "Sur"' },
      split: 'pretrain',
      image: { chunk: '05' },
      size: { areaFraction: 0.5 },
    },
    { processId: 'ABC2-20', lineage: {}, split: 'train', image: { chunk: 'b' } },
  ],
});

checkReader({
  name: 'readSpecimenTable',
  streams: false,
  async *read(input, options) {
    yield* await readSpecimenTable(input, { ...options, schema: bold });
  },
  file: Buffer.from(table),
  specimens,
});

checkReader({
  name: 'readFasta',
  streams: true,
  read: (input, options) => readFasta(input, { ...options, header: 'processid|genus|species' }),
  file: Buffer.from('>ABC1-20|Apis|Apis mellifera\nACGT\nAC gt\n\n>ABC2-20||\nNN--\n>ABC3-20\nA\n'),
  specimens: [
    { processId: 'ABC1-20', lineage: { genus: 'Apis', species: 'Apis mellifera' }, barcode: 'ACGTACgt' },
    { processId: 'ABC2-20', lineage: {}, barcode: 'NN--' },
    { processId: 'ABC3-20', lineage: {}, barcode: 'A' },
  ],
});
