import type { ComponentFacts } from '../facts.js';

/** As a report names what a kubelet itself says of its flags. */
export const flagzOfKubelet = (node: string): string => `flagz of the kubelet of ${node}`;

/** Who tells of a component's flags, where no pod or process of it does. */
export function sourceOfComponent({ shownBy, pod }: ComponentFacts): string | undefined {
  switch (shownBy) {
    case undefined: return undefined;
    case 'flagz': return 'flagz of the API server';
    case 'node-args': return `k3s.io/node-args of node ${pod}`;
  }
}
