import { connect, createServer, type Socket } from 'node:net'

export type LatencyProxyOptions = {
  /** `host:port`, or the `https://host:port` of a server. */
  readonly target: string
  /** One way, in milliseconds; a round trip costs twice as much. Default 10. */
  readonly delayMs?: number
}

export type LatencyProxy = {
  readonly port: number
  /** How many connections were accepted so far. */
  connections(): number
  /** SIDE EFFECTS: closes the port and cuts every connection. */
  stop(): Promise<void>
}

/**
 * A TCP proxy on loopback that delivers every byte `delayMs` later, in order and without a limit of throughput. A new
 * connection costs one round trip more, as TCP's handshake does; TLS passes through untouched.
 * SIDE EFFECTS: listens on a free port. Rejects when it cannot listen; a target that refuses ends the connection.
 */
export async function startLatencyProxy({ target, delayMs = 10 }: LatencyProxyOptions): Promise<LatencyProxy> {
  const address = parseTarget(target)
  const open = new Set<Socket>()
  let accepted = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++
    const upstream = connect({ ...address, allowHalfOpen: true, noDelay: true })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket)
      // What the other side sent before it broke off is lost, as it is on a real network.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        if (socket.errored !== null) other.destroy()
      })
    }
    relay(client, upstream, delayMs, performance.now() + 2 * delayMs)
    relay(upstream, client, delayMs, 0)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the latency proxy has no port')
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    })
  return { port: bound.port, connections: () => accepted, stop }
}

/** `undefined` stands for the end of the stream. */
type Parcel = { readonly due: number; readonly bytes: Buffer | undefined }

function relay(from: Socket, to: Socket, delayMs: number, connectedAt: number): void {
  const queue: Parcel[] = []
  let timer: NodeJS.Timeout | undefined
  const deliver = () => {
    timer = undefined
    const now = performance.now()
    for (let next = queue[0]; next !== undefined && !to.destroyed; next = queue[0]) {
      if (next.due > now) {
        // Timers count whole milliseconds and may fire one too early.
        timer = setTimeout(deliver, Math.ceil(next.due - now))
        return
      }
      queue.shift()
      if (next.bytes === undefined) to.end()
      else to.write(next.bytes)
    }
  }
  const send = (bytes: Buffer | undefined) => {
    queue.push({ due: Math.max(performance.now(), connectedAt) + delayMs, bytes })
    if (timer === undefined) deliver()
  }
  from.on('data', send)
  from.on('end', () => send(undefined))
  to.on('close', () => clearTimeout(timer))
}

function parseTarget(target: string): { readonly host: string; readonly port: number } {
  const url = new URL(target.includes('://') ? target : `tcp://${target}`)
  const defaultPort = url.protocol === 'https:' ? 443 : 80
  return { host: url.hostname, port: url.port === '' ? defaultPort : Number(url.port) }
}
