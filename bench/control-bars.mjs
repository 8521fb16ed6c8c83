import { atLeast, atMost, memoryAtMost } from './bars.mjs';

/** Of all judging, in per cent, what one control may take without saying why. */
export const SHARE = 5;

/** In smaller clusters, where all of it is milliseconds, shares are chance. */
const SHARES_FROM = 10_000;

/** Why some controls may take more. */
export const reasons = {};

/** Most seconds from the first byte of a List to stored findings, by its objects. */
const uploadSeconds = { 2_500: 1.5, 10_000: 3, 50_000: 8 };

export function barsOf({ judged, growth, uploads }) {
  return [
    ...judged.flatMap(({ pods, replicas, podsPerCpuSecond, peakRss }) => [
      atLeast(`${pods} pods x ${replicas}: judged a core`, podsPerCpuSecond, 20_000, 'pods/CPU-s'),
      memoryAtMost(`${pods} pods x ${replicas}: memory`, peakRss, 256),
    ]),
    ...Object.entries(growth.judging).filter(([, exponent]) => exponent !== undefined).map(([replicas, exponent]) => atMost(`growth of judging, ${replicas} replica(s)`, exponent, 1.05, '')),
    ...judged.filter(({ pods }) => pods >= SHARES_FROM).flatMap(({ pods, replicas, shares }) => Object.entries(shares).filter(([name, share]) => share > SHARE && isControl(name) && !Object.hasOwn(reasons, name)).map(([name, share]) => atMost(`${pods} pods x ${replicas}: share of ${name}`, share, SHARE, '%'))),
    ...uploads.json.flatMap(({ manifests, seconds, peakRss }) => [
      ...(uploadSeconds[manifests] === undefined ? [] : [atMost(`${manifests} manifests, JSON`, seconds, uploadSeconds[manifests], 's')]),
      memoryAtMost(`${manifests} manifests, JSON: memory`, peakRss, 256),
    ]),
    ...uploads.yaml.map(({ manifests, timesParse }) => atMost(`${manifests} manifests, YAML`, timesParse, 2, 'times the library')),
    ...(growth.uploads === undefined ? [] : [atMost('growth of uploads, worker CPU', growth.uploads, 1.05, '')]),
  ];
}

/** Not a view that controls share, nor the engine. */
export const isControl = (name) => name.includes('/') && !name.startsWith('a view of ');
