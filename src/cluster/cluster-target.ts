import type { JsonObject } from '../util/json.ts'

/** Where a cluster is and how its certificate is checked; `*Data` is base64 of PEM, `*File` an absolute path. */
export type TargetCluster = {
  readonly name: string
  /** As configured, without a trailing slash; may hold credentials, so show `publicUrl(server)`. */
  readonly server: string
  readonly caData?: string
  readonly caFile?: string
  readonly skipTlsVerify: boolean
  readonly tlsServerName?: string
  readonly proxyUrl?: string
}

/** How the user of a context logs in. Secrets: never shown. */
export type TargetUser = {
  readonly name: string
  readonly token?: string
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly certData?: string
  readonly certFile?: string
  readonly keyData?: string
  readonly keyFile?: string
  readonly exec?: JsonObject
  readonly authProvider?: JsonObject
  readonly impersonate?: {
    readonly user?: string
    readonly uid?: string
    readonly groups: readonly string[]
    readonly extra: ReadonlyMap<string, readonly string[]>
  }
}

/** One context of a kubeconfig, resolved. */
export type ClusterTarget = {
  readonly context: string
  /** The context's default namespace. */
  readonly namespace?: string
  readonly cluster: TargetCluster
  readonly user: TargetUser
  /** For people: the files it came from, or `service account`. */
  readonly source: string
}

/** The URL without user info, query and fragment, for people and fingerprints. */
export function publicUrl(url: string): string {
  // What cannot be parsed could hold credentials anywhere.
  if (!URL.canParse(url)) return '(not a URL)'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`
}
