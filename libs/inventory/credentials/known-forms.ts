import { isFixedInText } from './literal-values.js';
import type { FormMatch } from './library-rules.js';

/** A form of credential beside those that the library knows. */
interface KnownForm {
  readonly detector: string;
  /** A piece of every match: most texts hold none, and finding that out costs little. */
  readonly anchors: readonly string[];
  /** Global. The whole match, or its first group where there is one, is the credential. */
  readonly pattern: RegExp;
  /** Whether what was matched counts. */
  readonly counts?: (value: string) => boolean;
}

const form = (detector: string, anchor: string | readonly string[], pattern: RegExp, counts?: KnownForm['counts']): KnownForm =>
  ({ detector, anchors: typeof anchor === 'string' ? [anchor] : anchor, pattern, ...(counts && { counts }) });

/**
 * Formats that their issuers document. Bounded, and begun where no longer run of the same characters begins, so that a
 * text which was made to be slow is not.
 */
const knownForms: readonly KnownForm[] = [
  form('privatekey', 'PRIVATE KEY', /-{3,5}BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-{3,5}(?:\\n|\\r|\s){0,8}[A-Za-z0-9+/=]{4}/g),
  // The same in base64, as kubeconfigs and Secrets have it.
  form('privatekey', 'LS0tLS1CRUdJTi', /LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRVkt|BQUklWQVRFIEtFWS0|BFQyBQUklWQVRFIEtFWS0|BPUEVOU1NIIFBSSVZBVEUgS0VZ|BFTkNSWVBURUQgUFJJVkFURSBLRVkt)[A-Za-z0-9+/=]{8,200}/g),
  // With a payload: what a signature alone is for is published beside it.
  form('jwt', 'yJ', /(?<![\w-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{16,1500}/g),
  form('url-password', '://', /:\/\/[^\s:/@"'<>]{0,100}:([^\s/@"'<>]{1,200})@(?!sha256:)[A-Za-z0-9[]/g, isFixedInText),
  form('bearer-token', 'earer ', /\b[Bb]earer {1,3}([A-Za-z0-9._~+/-]{24,4000}=*)(?![A-Za-z0-9._~+/-])/g, (value) => /\d/.test(value)),
  form('registry-login', '"auth"', /"auth"\s{0,8}:\s{0,8}"([A-Za-z0-9+/]{12,2000}={0,2})"/g),
  form('npm', '_authToken=', /_authToken=([A-Za-z0-9_-]{16,200})/g),
  form('aws-access-key', ['AKIA', 'ASIA'], /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/g, (value) => !value.endsWith('EXAMPLE')),
  form('aws-mws', '.mws.', /amzn\.mws\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g),
  form('azure-storage', ['AccountKey=', 'SharedAccessKey='], /(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,100}={0,2})/g),
  form('azure-sas', 'sig=', /[?&]sig=([A-Za-z0-9%+/]{40,140}={0,2})/g),
  form('azure-client-secret', 'Q~', /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g),
  form('google-api-key', 'AIza', /(?<![\w-])AIza[\w-]{35}(?![\w-])/g),
  form('google-oauth', ['GOCSPX-', 'ya29.'], /(?<![\w-])(?:GOCSPX-[\w-]{28}(?![\w-])|ya29\.[\w-]{30,500})/g),
  form('stripe', ['_live_', 'whsec_'], /(?<![\w-])(?:[rs]k_live_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/]{32,64})/g),
  form('square', 'sq0', /(?<![\w-])sq0(?:atp|csp)-[\w-]{22,43}(?![\w-])/g),
  form('braintree', '$production$', /access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}/g),
  form('twilio', 'SK', /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g),
  form('mailgun', 'key-', /(?<![\w-])key-[0-9a-f]{32}(?![\w-])/g),
  form('mailchimp', '-us', /(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?!\d)/g),
  form('telegram', ':AA', /(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])/g),
  form('discord', '/api/webhooks/', /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80}/g),
  form('teams', '/IncomingWebhook/', /webhook\.office\.com\/webhookb2\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}/g),
  form('digitalocean', '_v1_', /(?<![\w-])do[opr]_v1_[0-9a-f]{64}(?![\w-])/g),
  form('pypi', '-AgE', /pypi-AgE[\w-]{50,300}/g),
  form('rubygems', 'rubygems_', /(?<![\w-])rubygems_[0-9a-f]{48}(?![\w-])/g),
  form('newrelic', 'NRAK-', /(?<![\w-])NRAK-[A-Z0-9]{27}(?![\w-])/g),
  form('dynatrace', 'dt0', /(?<![\w.-])dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}(?![\w-])/g),
  form('heroku', 'HRKU-', /(?<![\w-])HRKU-[\w-]{36,64}(?![\w-])/g),
  form('tailscale', 'tskey-', /(?<![\w-])tskey-(?:auth|api|client|scim|webhook)-[\w-]{16,80}/g),
  form('doppler', 'dp.', /(?<![\w.-])dp\.(?:pt|st|ct|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,44}(?![A-Za-z0-9])/g),
  form('pulumi', 'pul-', /(?<![\w-])pul-[0-9a-f]{40}(?![\w-])/g),
  form('terraform-cloud', '.atlasv1.', /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/g),
  form('artifactory', 'AKCp', /(?<![\w-])AKCp[A-Za-z0-9]{60,80}(?![\w-])/g),
  form('postman', 'PMAK-', /(?<![\w-])PMAK-[0-9a-f]{24}-[0-9a-f]{34}(?![\w-])/g),
  form('planetscale', 'pscale', /(?<![\w-])pscale_(?:tkn|pw|oauth)_[\w.=-]{32,64}/g),
  form('age', 'AGE-SECRET-KEY-1', /AGE-SECRET-KEY-1[0-9A-Z]{58}/g),
];

/** Every match of a known form. */
export function* knownMatches(text: string): Generator<FormMatch> {
  for (const { detector, anchors, pattern, counts } of knownForms) {
    if (!anchors.some((anchor) => text.includes(anchor))) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? match[0];
      if (counts && !counts(value)) continue;
      const start = match.index + match[0].indexOf(value);
      yield { detector, start, end: start + value.length };
    }
  }
}

/** Beginnings that all tokens of a form share and its issuer publishes. */
const publicBeginning = /^(?:AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|gl(?:c|sa)_|xox[a-z]-|xapp-|sk-(?:ant-|proj-)?|[rs]k_live_|whsec_|npm_|pypi-|hf_|gsk_|lin_api_|ntn_|hv[sbr]\.|vc[picark]_|dapi|dckr_pat_|figd_|SG\.|shp(?:pa|ca|at|ss)_|ops_|eyJ|AIza|GOCSPX-|ya29\.|do[opr]_v1_|NRAK-|HRKU-|tskey-|-{3,5}BEGIN)/;

/** What may be said of a credential: how it begins, where that is public, and its length. */
export function hintOf(value: string): string {
  const beginning = publicBeginning.exec(value)?.[0];
  return `${beginning === undefined ? '' : `${beginning}…, `}${value.length} characters`;
}
