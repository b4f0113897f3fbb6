import { randomUUID } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { stringify } from 'yaml'
import { ObolError } from '../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../errors/sandbox.ts'
import { metadataString, objectId, refOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { createCatalogue } from './catalogue.ts'
import type { Server } from './handle.ts'
import { createOpenApi } from './read/openapi.ts'
import { Refusal } from './refusal.ts'
import { type RequestHook, serve } from './serve.ts'
import { apiVersionOf, NAMESPACE_RESOURCE } from './served-resource.ts'
import { loadState, type SavedState, StateWriter } from './state-file.ts'
import { Store, storeKey } from './store.ts'
import { selfSignedCertificate } from './tls/self-signed-certificate.ts'
import { createUsers, kubeconfig, type PolicyRule } from './users.ts'
import { createObject } from './write/create-object.ts'
import { decodeObject } from './write/decode-body.ts'
import type { WriteContext } from './write/write-context.ts'

export type SandboxOptions = {
  /** Loopback port; 0 (the default) takes a free one. */
  readonly port?: number
  /** What `/version` says, `v1.37.2` by default. */
  readonly version?: string
  /** Objects are loaded from this file at the start and written to it after each change. */
  readonly stateFile?: string
  /** Objects to create at the start (CRDs first) unless they are there already. */
  readonly objects?: readonly JsonObject[]
  /** Users besides `admin` and `reader`. */
  readonly users?: readonly { readonly name: string; readonly rules: readonly PolicyRule[] }[]
  /** Sees each request before it is carried out, and may break it. */
  readonly onRequest?: RequestHook
  /** Told when the state file cannot be written. */
  readonly onError?: (error: ObolError) => void
  /** The clock; the system's by default. */
  readonly now?: () => Date
  /** How many changes a watch can look back on (10,000). */
  readonly history?: number
  /** How many revisions of each object are remembered (1,000). */
  readonly revisions?: number
  /** Milliseconds between bookmarks of an idle watch (60,000). */
  readonly bookmarkInterval?: number
}

/** A running API server in this process. */
export type Sandbox = {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** The authority that signed the server's certificate: itself. */
  readonly caPem: string
  /** The admin's bearer token. */
  readonly token: string
  readonly readerToken: string
  /** Contexts `obol-sandbox` (admin), `obol-sandbox-reader`, and one per further user. */
  readonly kubeconfigYaml: string
  /** A kubeconfig of one user only. Undefined for an unknown name. */
  kubeconfigOf(user: string): string | undefined
  /** The live object by objectId: `ServiceOffer.obol.org/llm/aeon`. */
  object(id: string): JsonObject | undefined
  /** Every stored object. */
  objects(): readonly JsonObject[]
  /** Every stored revision of an object, oldest first, also after its deletion. */
  revisions(id: string): readonly JsonObject[]
  /** Requests received so far. */
  requestCount(): number
  /** Makes every watch from an earlier version get a 410, as compaction does. */
  forgetHistory(): void
  /** Cuts all connections, writes the state file, frees the port. */
  stop(): Promise<void>
}

const NAME = 'obol-sandbox'
const DAY = 86_400_000

/**
 * Starts an in-process Kubernetes API server on loopback, with TLS.
 * @throws ObolError OBOL-S001, S002, S004 or S005. SIDE EFFECTS: listens on a port; reads and writes `stateFile`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.now ?? (() => new Date())
  const saved = options.stateFile === undefined ? undefined : await loadState(options.stateFile)
  const store = createStore(options, saved)
  const catalogue = createCatalogue(store)
  const context: WriteContext = {
    store,
    catalogue,
    now: () => `${now().toISOString().slice(0, 19)}Z`,
    uid: randomUUID,
  }
  const writer =
    options.stateFile === undefined
      ? undefined
      : new StateWriter(options.stateFile, store, options.onError ?? (() => {}))
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) ensureNamespace(context, name)
  for (const object of options.objects ?? []) ensureObject(context, object)

  // Validity is about the machine's clock, whatever clock the objects get.
  const today = Date.now()
  const certificate = selfSignedCertificate({
    commonName: NAME,
    names: ['localhost', '127.0.0.1'],
    notBefore: new Date(today - DAY),
    notAfter: new Date(today + 365 * DAY),
  })
  const users = createUsers(options.users ?? [])
  const https = createServer({ key: certificate.keyPem, cert: certificate.certPem, keepAliveTimeout: 60_000 })
  let port = options.port ?? 0
  const server: Server = {
    context,
    catalogue,
    openApi: createOpenApi(catalogue),
    openLists: new Map(),
    watch: { bookmarkInterval: options.bookmarkInterval ?? 60_000, timeout: 1_800_000, now },
    version: versionInfo(options.version ?? 'v1.37.2'),
    address: () => `127.0.0.1:${port}`,
    now,
  }
  const serving = serve(https, server, users, options.onRequest)
  port = await listen(https, port)
  const cluster = { name: NAME, url: `https://127.0.0.1:${port}`, caPem: certificate.certPem }
  const tokenOf = (name: string): string => users.find((user) => user.name === name)?.token ?? ''
  return {
    url: cluster.url,
    port,
    caPem: certificate.certPem,
    token: tokenOf('admin'),
    readerToken: tokenOf('reader'),
    kubeconfigYaml: stringify(kubeconfig(users, cluster)),
    kubeconfigOf: (name) => {
      const user = users.find((item) => item.name === name)
      return user === undefined ? undefined : stringify(kubeconfig([user], cluster))
    },
    object: (id) => store.all().find(({ object }) => idOf(object) === id)?.object,
    objects: () => store.all().map(({ object }) => object),
    revisions: (id) => store.revisions(id),
    requestCount: serving.requestCount,
    forgetHistory: () => {
      store.forgetHistory()
    },
    stop: async () => {
      await serving.stop()
      await writer?.flush()
    },
  }
}

function createStore(options: SandboxOptions, saved: SavedState | undefined): Store {
  const limits = { history: options.history ?? 10_000, revisions: options.revisions ?? 1_000 }
  const store = new Store(limits, saved?.version ?? 1)
  for (const { resource, key, object } of saved?.objects ?? []) store.load(resource, key, object)
  return store
}

function ensureNamespace(context: WriteContext, name: string): void {
  ensureObject(context, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

/** Creates an object unless one of that name is there. @throws ObolError OBOL-S005. */
function ensureObject(context: WriteContext, object: JsonObject): void {
  const resource = context.catalogue
    .resources()
    .find((item) => item.kind === object['kind'] && apiVersionOf(item) === object['apiVersion'])
  const where = { object: idOf(object) }
  if (resource === undefined) {
    const message = `The sandbox does not serve ${String(object['apiVersion'])} ${String(object['kind'])}`
    throw new ObolError(SANDBOX_ERRORS.OBJECT_REFUSED, { message, where })
  }
  const namespace = resource.namespaced ? (metadataString(object, 'namespace') ?? 'default') : undefined
  if (context.store.get(resource.key, storeKey(namespace, metadataString(object, 'name') ?? '')) !== undefined) return
  const manager = resource === NAMESPACE_RESOURCE ? 'kube-apiserver' : NAME
  try {
    const decoded = decodeObject(object, resource, 'Strict')
    const options = { dryRun: false, manager, fieldValidation: 'Strict', force: false } as const
    createObject(context, { resource, namespace }, decoded.object, options)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new ObolError(SANDBOX_ERRORS.OBJECT_REFUSED, { details: [error.message], where, cause: error })
  }
}

function versionInfo(gitVersion: string): JsonObject {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    gitVersion,
    gitCommit: 'obol-sandbox',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: 'obol/sandbox',
  }
}

function listen(https: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    https.once('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE'
      const message = `Port ${port} is in use`
      reject(isTaken ? new ObolError(SANDBOX_ERRORS.PORT_TAKEN, { message, cause: error }) : error)
    })
    https.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = https.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function idOf(object: JsonObject): string {
  const ref = refOf(object)
  return ref === undefined ? '' : objectId(ref)
}
