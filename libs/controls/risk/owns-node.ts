import type { Container, PodTemplate } from '#inventory/facts.js';
import { capabilityName, criticalCapabilities } from '../workloads/capability.js';

const holdsKernel = ({ securityContext }: Container): boolean =>
  securityContext?.privileged === true || securityContext?.hostProcess === true || (securityContext?.capabilities?.add.some((name) => criticalCapabilities.has(capabilityName(name))) ?? false);

/** Whether who breaks into one of these pods holds their node: its processes, its files, or the kernel's leave to take them. */
export const ownsNode = ({ hostPID, volumes, containers, securityContext }: PodTemplate): boolean =>
  hostPID || securityContext?.hostProcess === true || volumes.some(({ source }) => source === 'hostPath') || containers.some(holdsKernel);
