import { createHash } from 'node:crypto'
import { authenticate, authorityPem } from './authenticate.ts'
import { type ClusterTarget, publicUrl } from './cluster-target.ts'
import { clusterReader } from './reader.ts'
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts'
import { openLine } from './send-request.ts'
import { Session } from './session.ts'
import type { ClusterWriter } from './types.ts'
import { clusterWriter } from './writer.ts'

export type ConnectOptions = {
  /** Connections at most, so requests at a time; default 16. There is no limit on their rate. */
  readonly concurrency?: number
  /** Milliseconds of silence after which a request fails; default 30,000 (`--request-timeout`). */
  readonly requestTimeoutMs?: number
  /** Milliseconds to connect, TLS included; default 5,000. */
  readonly connectTimeoutMs?: number
  /** Default `obol`. */
  readonly userAgent?: string
  /** What differs from DEFAULT_RETRY. */
  readonly retry?: Partial<RetryPolicy>
}

/**
 * Opens the door to a cluster; nothing is sent to it yet. SIDE EFFECTS: reads credential files, may run the login command
 * of the kubeconfig. Rejects with ObolError CREDENTIAL_* or EXEC_PLUGIN_FAILED. `close` ends its connections.
 */
export async function connectCluster(target: ClusterTarget, options: ConnectOptions = {}): Promise<ClusterWriter> {
  const { concurrency = 16, requestTimeoutMs = 30_000, connectTimeoutMs = 5_000, userAgent = 'obol' } = options
  const [credentials, authority] = await Promise.all([authenticate(target), authorityPem(target)])
  const session = new Session(
    {
      ...{ target, concurrency, userAgent },
      timeouts: { connectMs: connectTimeoutMs, responseMs: requestTimeoutMs },
      retry: { ...DEFAULT_RETRY, ...options.retry },
    },
    openLine(target.cluster.server, credentials, concurrency, userAgent),
  )
  const url = publicUrl(target.cluster.server)
  const fingerprint = createHash('sha256').update(authority.trim()).update('\n').update(url).digest('hex')
  return { ...clusterReader(session, fingerprint), ...clusterWriter(session), close: () => session.close() }
}
