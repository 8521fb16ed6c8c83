import type { Platform } from '#inventory/facts.js';
import type { Evidence } from './evidence.js';
import type { Component } from './component.js';
import type { Rule } from './rules/rule.js';

/** Who installs and runs the cluster: decides paths, what is embedded, and how a setting is changed. */
export type BenchmarkPlatform = Extract<Platform, 'kubeadm' | 'k3s' | 'rke2' | 'eks' | 'aks' | 'gke' | 'openshift'>;

/** How the publisher has an item assessed. `unmarked`: its text does not say; read as manual. */
export type Assessment = 'automated' | 'manual' | 'unmarked';

/** The publisher's profile level. None of the tables here knows it, so that it is never given: see `levelText`. */
export type Level = 1 | 2;

export type Target = 'control-plane' | 'etcd' | 'node' | 'cluster' | 'cloud';

/** A control that decides an item, by all it judges or by one part of it. */
export interface ControlAnswer {
  readonly controlId: string;
  readonly part?: string;
  /** Where a control judges several components alike: only what it says of this one. */
  readonly component?: Component;
}

export type Judgement =
  /** `otherwise`: what decides from evidence of nodes where the controls leave it unknown. */
  | { readonly answeredBy: readonly ControlAnswer[]; readonly rule?: undefined; readonly coveredBy?: undefined; readonly otherwise?: Rule }
  /** `coveredBy`: what fails the rule fails some of these controls too, which find it; without, the item's failures are findings of its own. */
  | { readonly answeredBy?: undefined; readonly rule: Rule; readonly coveredBy?: readonly ControlAnswer[]; readonly otherwise?: undefined };

export type Item = Judgement & {
  /** The publisher's number. */
  readonly id: string;
  /** In our own words. */
  readonly title: string;
  readonly assessment: Assessment;
  /** Not known, and never guessed. */
  readonly level: Level | undefined;
  readonly target: Target;
  /** What can decide it; any of these may be enough. Empty where nothing but a person can. */
  readonly evidence: readonly Evidence[];
  /** How it is put right on the benchmark's platform. */
  readonly remediation: string;
  /** Why a cluster of this platform cannot, or need not, be as asked. */
  readonly caveat?: string;
  /** What a verdict does not say, on every platform. */
  readonly note?: string;
  /** The number of the item of CIS Kubernetes 1.12 that means the same. */
  readonly equivalent?: string;
};

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly items: readonly Item[];
}

/** First and last Kubernetes minor, both included: `1.32`. */
export interface VersionRange {
  readonly from: string;
  readonly to: string;
}

export interface Benchmark {
  readonly id: BenchmarkId;
  readonly title: string;
  readonly platform: BenchmarkPlatform;
  /** What its publisher wrote it for; undefined where that is every version that the provider still runs. */
  readonly kubernetes: VersionRange | undefined;
  readonly sections: readonly Section[];
}

export type BenchmarkId = 'cis-2.0' | 'cis-1.12' | 'k3s-cis-1.9' | 'rke2-cis-1.8' | 'eks-1.8.0' | 'aks-1.8' | 'gke-1.9.0' | 'rh-1.8';

export const itemsOf = ({ sections }: Benchmark): readonly Item[] => sections.flatMap(({ items }) => items);

export const levelText = (level: Level | undefined): string => (level === undefined ? 'level not known' : `level ${level}`);
