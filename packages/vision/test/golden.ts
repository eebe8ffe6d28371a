import { readFileSync } from 'node:fs';

/** fixtures/vision/pixels.json, as fixtures/oracle/vision_pixels.py writes it. */
interface Golden {
  readonly resizes: readonly {
    readonly interpolation: 'bilinear' | 'bicubic';
    readonly from: [number, number];
    readonly to: [number, number];
    readonly levels: string;
  }[];
  readonly preprocessings: readonly {
    readonly preset: 'bioscan5m' | 'bioscan1m' | 'imagenet' | 'clip' | 'clibd' | 'zero-shot';
    readonly from: [number, number];
    readonly at: readonly number[];
    readonly values: readonly number[];
    readonly means: readonly number[];
  }[];
  readonly geometry: { readonly from: [number, number]; readonly cases: readonly GeometryCase[] };
  readonly files: readonly {
    readonly file: string;
    readonly size: [number, number];
    readonly tolerance: number;
    readonly levels: string;
  }[];
}

export type GeometryCase = { readonly levels: string } & (
  | { readonly op: 'flip'; readonly axis: 'horizontal' | 'vertical' }
  | { readonly op: 'grey' }
  | { readonly op: 'rotate'; readonly degrees: number; readonly interpolation: 'nearest' | 'bilinear' }
  | { readonly op: 'brightness' | 'contrast' | 'saturation' | 'hue'; readonly factor: number }
  | { readonly op: 'blur'; readonly size: number; readonly sigma: number }
  | {
      readonly op: 'crop';
      readonly box: [number, number, number, number];
      readonly interpolation: 'bilinear' | 'bicubic';
    }
);

export const folder = 'fixtures/vision/pictures';
export const golden = JSON.parse(readFileSync('fixtures/vision/pixels.json', 'utf8')) as Golden;
