import { careless, controlPlane, hardened, worker } from './bases/kubeadm.js';
import { k3sAgent, k3sEtcdServer, k3sServer } from './bases/k3s.js';
import { aksNode, bottlerocketNode, eksNode, gkeNode } from './bases/managed.js';
import { openshiftMaster, openshiftWorker } from './bases/openshift.js';
import { rke2Agent, rke2Server } from './bases/rke2.js';
import { alone, type NodeCase } from './node-case.js';
import { apiServerVariations } from './variations/api-server.js';
import { controlPlaneVariations } from './variations/control-plane.js';
import { fileVariations } from './variations/files.js';
import { kubeletVariations } from './variations/kubelet.js';
import { managedVariations } from './variations/managed.js';
import { k3sVariations, rke2Variations } from './variations/rancher.js';

const bases = [controlPlane, worker, hardened, careless, k3sServer, k3sEtcdServer, k3sAgent, rke2Server, rke2Agent, eksNode, bottlerocketNode, aksNode, gkeNode, openshiftMaster, openshiftWorker];

/** Roots of nodes, each with what every item of its benchmark is to come to. */
export const corpus: readonly NodeCase[] = [...bases.map(alone), ...apiServerVariations, ...controlPlaneVariations, ...fileVariations, ...kubeletVariations, ...k3sVariations, ...rke2Variations, ...managedVariations];
