import { shownValue } from '#controls/engine/shown-value.js';
import type { ValueTest } from '../rules/value-test.js';

/** What a test wants, completing "it is 5, …". */
export function testText(test: ValueTest): string {
  switch (test.op) {
    case 'equal': return `not ${shownValue(test.to)}`;
    case 'not-equal': return `which it must not be`;
    case 'set': return 'where something must be set';
    case 'unset': return 'where nothing may be set';
    case 'one-of': return `not one of ${test.values.map(shownValue).join(', ')}`;
    case 'has': return `without ${shownValue(test.value)}`;
    case 'lacks': return `with ${shownValue(test.value)}`;
    case 'within': return `with what is not among ${test.values.map(shownValue).join(', ')}`;
    case 'at-least': return `less than ${test.least}`;
    case 'starts-with': return `which does not begin with ${shownValue(test.text)}`;
    case 'loopback': return 'which others than the node itself reach';
  }
}
