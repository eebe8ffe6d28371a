import type { Place, Rng } from '@bioscan/core';
import { apportion } from '../partition.js';
import { countries, type Country } from './countries.js';

/** A trap that ran for some weeks. */
export interface Site {
  readonly index: number;
  readonly country: string;
  readonly place: Required<Pick<Place, 'country' | 'latitude' | 'longitude'>> & Place;
  /** Share of all specimens that come from here. */
  readonly weight: number;
  /** First week of trapping, days since 2020-01-01. */
  readonly start: number;
}

/** Specimens that a site yields on average: some plates each. */
const specimensPerSite = 240;

/** Sites for a collection of this size: countries by their published shares (Costa Rica has 63 %), the rarer ones only in large collections. */
export function planSites(specimens: number, random: Rng): readonly Site[] {
  const wanted = Math.max(4, Math.round(specimens / specimensPerSite));
  const counts = apportion(
    wanted,
    countries.map(({ records }) => records),
    0,
  );
  const drafts = countries.flatMap((country, i) =>
    Array.from({ length: counts[i] ?? 0 }, (_, n) => draftSite(country, random.split(`${country.name} ${n}`))),
  );
  const total = drafts.reduce((sum, { pull }) => sum + pull, 0);
  return drafts.map(({ pull, ...site }, index) => ({ ...site, index, weight: pull / total }));
}

function draftSite(country: Country, random: Rng): Omit<Site, 'index' | 'weight'> & { readonly pull: number } {
  const angle = 2 * Math.PI * random.uniform();
  const distance = country.radius * Math.sqrt(random.uniform());
  const province = country.provinces[random.integer(Math.max(1, country.provinces.length))];
  return {
    country: country.name,
    place: {
      country: country.name,
      ...(province === undefined ? {} : { province }),
      latitude: rounded(country.latitude + distance * Math.sin(angle)),
      longitude: rounded(country.longitude + distance * Math.cos(angle)),
    },
    start: random.integer(1400),
    pull: Math.exp(0.5 * random.normal()),
  };
}

/** BIOSCAN gives coordinates to three decimals, about 100 m. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1000) / 1000;
}
