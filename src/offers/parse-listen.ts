/** Where a gateway listens; the host is empty for "all addresses". */
export type Listen = { readonly host: string; readonly port: number }

/** The gateway's address when an offer does not say. */
export const DEFAULT_LISTEN = ':8402'

/** `:8402`, `0.0.0.0:8402`, `[::]:8402`; undefined for anything else. */
export function parseListen(text: string): Listen | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*):([1-9][0-9]{0,4})$/.exec(text)
  const [, host, digits] = match ?? []
  if (host === undefined || digits === undefined || Number(digits) > 65535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(digits) }
}

/** True when nothing outside this host can reach the address. */
export function isLoopback({ host }: Listen): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}
