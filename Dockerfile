# syntax=docker/dockerfile:1
# One image for api, worker and migrate: the command chooses. Built in two stages, run by an ordinary user, read-only.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY apps ./apps
COPY libs ./libs
COPY migrations ./migrations
RUN node scripts/build.mjs && npm ci --ignore-scripts --omit=dev --omit=optional

# The node collector: one file and a node without a shell. docker build --target node-collector .
FROM gcr.io/distroless/nodejs22-debian12 AS node-collector
COPY --from=build --chown=root:root /src/dist/apps/agent/bulwark-node-collector.mjs /bulwark-node-collector.mjs
# Root, for what it looks at is readable by root alone; apps/agent/manifests says which capabilities it needs, and why.
USER 0:0
ENTRYPOINT ["/nodejs/bin/node", "/bulwark-node-collector.mjs"]
CMD ["--help"]

FROM node:24-bookworm-slim
# Names are resolved by threads that everything in the process shares: some that hang must not be all there are.
ENV NODE_ENV=production UV_THREADPOOL_SIZE=64
WORKDIR /app
COPY --from=build --chown=root:root /src/package.json ./package.json
COPY --from=build --chown=root:root /src/node_modules ./node_modules
COPY --from=build --chown=root:root /src/dist ./dist
USER 10001:10001
EXPOSE 3000 3001
# node is PID 1 on purpose: it gets SIGTERM itself and starts no children.
CMD ["node", "dist/apps/api/main.js"]
