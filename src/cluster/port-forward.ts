import { createServer, type Server, type Socket } from 'node:net'
import { Duplex, Writable } from 'node:stream'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../errors/signer.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { printable } from '../util/printable.ts'
import { authenticate } from './authenticate.ts'
import { type ClusterTarget, publicUrl } from './cluster-target.ts'
import { type ConnectOptions, connectCluster } from './connect.ts'
import { PermissionError } from './permission-error.ts'

/** A port of a Service. */
export type ForwardedService = { readonly namespace: string; readonly service: string; readonly port: number }

/** A way to a Service on loopback, open until it is closed. */
export type PortForward = {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** What the node said of the last connection that failed behind the port. */
  failure(): string | undefined
  /** Ends all connections. */
  close(): Promise<void>
}

/** Opens one stream to the port of the Pod, for one connection. */
type OpenStream = (socket: { readonly input: Duplex; readonly onFailure: (text: string) => void }) => Promise<Stream>
type Stream = { terminate(): void; onClose(done: () => void): void }

type PodPort = { readonly pod: string; readonly port: number }

/**
 * Listens on a free loopback port and carries each connection to a ready Pod of the Service, by the API server's
 * port-forward (WebSocket, through @kubernetes/client-node, loaded here). SIDE EFFECTS: two requests to read the Service and its
 * EndpointSlices, one stream to see that it works, a listening socket. Rejects with ObolError SERVICE, PORT_FORWARD, or those
 * of the cluster; then nothing stays open.
 */
export async function forwardPort(
  target: ClusterTarget,
  service: ForwardedService,
  options: ConnectOptions = {},
): Promise<PortForward> {
  const to = await findPodPort(target, service, options)
  const openStream = await streamsTo(target, service, to, options.connectTimeoutMs ?? 5_000)
  return listen(openStream)
}

async function findPodPort(target: ClusterTarget, at: ForwardedService, options: ConnectOptions): Promise<PodPort> {
  const { namespace, service, port } = at
  const cluster = await connectCluster(target, options)
  try {
    const [object, slices] = await Promise.all([
      cluster.get({ apiVersion: 'v1', plural: 'services', namespace }, service),
      cluster.list(
        { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', namespace },
        { labelSelector: `kubernetes.io/service-name=${service}` },
      ),
    ])
    if (object === undefined) throw serviceError(target, at, `there is no Service ${namespace}/${service}`)
    const named = objects(jsonAt(object, ['spec', 'ports'])).find((item) => item['port'] === port)
    if (named === undefined) throw serviceError(target, at, `the Service ${namespace}/${service} has no port ${port}`)
    const found = slices.items.flatMap((slice) => podPortsOf(slice, named['name'] ?? ''))[0]
    if (found === undefined) {
      throw serviceError(target, at, `no Pod of the Service ${namespace}/${service} is ready at port ${port}`)
    }
    return found
  } finally {
    await cluster.close()
  }
}

/** An absent `ready` means unknown, which counts as ready (discovery.k8s.io/v1). */
function podPortsOf(slice: JsonObject, portName: JsonValue): readonly PodPort[] {
  const port = objects(slice['ports']).find((item) => (item['name'] ?? '') === portName)?.['port']
  if (typeof port !== 'number') return []
  return objects(slice['endpoints']).flatMap((endpoint) => {
    const pod = jsonAt(endpoint, ['targetRef', 'name'])
    const isPod = jsonAt(endpoint, ['targetRef', 'kind']) === 'Pod' && typeof pod === 'string'
    return isPod && jsonAt(endpoint, ['conditions', 'ready']) !== false ? [{ pod, port }] : []
  })
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

function serviceError(
  { context }: ClusterTarget,
  { namespace, service }: ForwardedService,
  message: string,
): ObolError {
  const hint = `kubectl --context ${context} --namespace ${namespace} get service,endpointslices,pods`
  return new ObolError(SIGNER_ERRORS.SERVICE, { message, details: [`looked for ${namespace}/${service}`], hint })
}

/** Tries one stream, so that what is wrong is said now and by name, and not as a lost connection later. */
async function streamsTo(
  target: ClusterTarget,
  { namespace }: ForwardedService,
  { pod, port }: PodPort,
  handshakeTimeout: number,
): Promise<OpenStream> {
  const [{ KubeConfig, PortForward: Forwarder }, { headers, tls, proxyAgent }] = await Promise.all([
    import('@kubernetes/client-node'),
    authenticate(target),
  ])
  const config = new KubeConfig()
  const server = publicUrl(target.cluster.server)
  config.loadFromClusterAndUser({ name: 'cluster', server, skipTLSVerify: true }, { name: 'user' })
  // Our own way in: as for every other request, impersonation and renewed tokens included.
  config.applyToHTTPSOptions = async (options) => {
    const agent = proxyAgent === undefined ? {} : { agent: proxyAgent }
    Object.assign(options, { headers, ...tls, ...agent, handshakeTimeout })
  }
  const forwarder = new Forwarder(config, false)
  const openStream: OpenStream = async ({ input, onFailure }) => {
    const errors = new Writable({
      write: (chunk, _encoding, done) => {
        if (String(chunk) !== '') onFailure(String(chunk))
        done()
      },
    })
    return streamOf(await forwarder.portForward(namespace, pod, [port], input, errors, input))
  }
  await probe(openStream).catch((cause: unknown) => {
    throw streamError(target, namespace, pod, cause)
  })
  return openStream
}

async function probe(openStream: OpenStream): Promise<void> {
  const input = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  const stream = await openStream({ input, onFailure: () => undefined })
  stream.terminate()
  input.destroy()
}

/** The types of `ws` are not installed with client-node, so its WebSocket is looked at. */
function streamOf(socket: unknown): Stream {
  if (typeof socket !== 'object' || socket === null) throw new Error('no stream')
  const method = (name: 'terminate' | 'once'): ((...args: readonly unknown[]) => void) => {
    const found: unknown = Reflect.get(socket, name)
    if (typeof found !== 'function') throw new Error('not a WebSocket')
    return (...args) => void Reflect.apply(found, socket, args)
  }
  const [terminate, once] = [method('terminate'), method('once')]
  return { terminate: () => terminate(), onClose: (done) => once('close', done) }
}

function streamError(target: ClusterTarget, namespace: string, pod: string, cause: unknown): ObolError {
  const { context } = target
  const words = wordsOf(cause)
  const [, status] = /Unexpected server response: (\d{3})/.exec(words) ?? []
  if (status === '401') return new ObolError(CLUSTER_ERRORS.UNAUTHORIZED)
  // Servers before 1.35 ask for `get` as well.
  if (status === '403') {
    return new PermissionError({ verb: 'create', resource: 'pods/portforward', group: '', namespace }, context)
  }
  const what = status === undefined ? words : `HTTP ${status}`
  return new ObolError(SIGNER_ERRORS.PORT_FORWARD, {
    message: `no port-forward to Pod ${namespace}/${pod} could be opened`,
    details: what === '' ? [] : [what],
    hint: `kubectl --context ${context} --namespace ${namespace} describe pod ${pod}`,
  })
}

/** `ws` gives an event that holds the error. */
function wordsOf(cause: unknown): string {
  const text = typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : ''
  return printable(maskText(text))
}

async function listen(openStream: OpenStream): Promise<PortForward> {
  const open = new Set<() => void>()
  let failure: string | undefined
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const end = (): void => void socket.destroy()
    open.add(end)
    socket.once('close', () => open.delete(end))
    socket.on('error', end)
    carry(socket, openStream, (text) => {
      failure = printable(maskText(text)).trim()
      end()
    })
  })
  const port = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    failure: () => failure,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const end of open) end()
      await closed
    },
  }
}

function carry(socket: Socket, openStream: OpenStream, onFailure: (text: string) => void): void {
  openStream({ input: socket, onFailure }).then(
    (stream) => {
      if (socket.destroyed) return stream.terminate()
      socket.once('close', () => stream.terminate())
      stream.onClose(() => socket.end())
      socket.resume()
    },
    (cause: unknown) => onFailure(wordsOf(cause)),
  )
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
