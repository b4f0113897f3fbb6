import type { Signer } from '../types.ts'

/** A Service that a remote signer is behind. */
export type ServiceAddress = { readonly namespace: string; readonly service: string; readonly port: number }

/** A way to a Service that is open until it is closed. */
export type Forward = {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Why the last connection failed behind the port, where that is known. */
  failure?(): string | undefined
  close(): Promise<void>
}

/** What the opening of a signer needs of the outside. */
export type SignerPorts = {
  /** The workspace: relative paths count from here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: the fetch of this process. */
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds for one request to a remote signer; default 30,000. */
  readonly timeoutMs?: number
  /** Opens the way to a Service; without it `remote.service` cannot be used. */
  readonly forward?: (service: ServiceAddress) => Promise<Forward>
}

/** A signer that may hold a connection open. */
export type OpenSigner = Signer & { close(): Promise<void> }
