import { contains, normalHostPath } from '#inventory/readers/host-path.js';

/** Where container runtimes listen, as normal host paths. */
export const runtimeSockets: readonly string[] = [
  '/run/containerd/containerd.sock', '/run/docker.sock', '/run/crio/crio.sock', '/run/podman/podman.sock', '/run/cri-dockerd.sock',
  '/run/dockershim.sock', '/run/docker/containerd/containerd.sock', '/run/host-containerd/containerd.sock', '/run/k0s/containerd.sock',
  '/run/k3s/containerd/containerd.sock', '/var/snap/microk8s/common/run/containerd.sock',
  // Named pipes of Windows nodes: `\\.\pipe\docker_engine`.
  '/pipe/docker_engine', '/pipe/containerd-containerd', '/pipe/cri-dockerd',
];

/** Names no other socket has, wherever it lies: rootless runtimes, moved data directories, nested containerd. */
const socketName = /\/(?:docker|containerd|crio|podman|cri-dockerd|dockershim)\.sock(?:\.ttrpc)?$/;
/** Parents of the sockets of rootless runtimes: `/run/user/1000/docker.sock`. */
const userRuntime = /^\/run\/user(?:\/\d+(?:\/(?:docker|podman|containerd))?)?$/;

/** The runtime socket that a hostPath holds; undefined where it holds none. */
export function runtimeSocketIn(path: string): string | undefined {
  const normal = normalHostPath(path);
  if (socketName.test(normal)) return normal;
  if (userRuntime.test(normal)) return `${normal}/…/docker.sock`;
  return runtimeSockets.find((socket) => contains(normal, socket));
}
