import type { ObolError } from '../errors/obol-error.ts'
import { authenticate } from './authenticate.ts'
import { type ClusterTarget, publicUrl } from './cluster-target.ts'
import { type NetworkFailure, networkError } from './network-failure.ts'
import { type RetryPolicy, retryDelay, type Try } from './retry.ts'
import {
  closeLine,
  type HttpAnswer,
  type HttpRequest,
  type Line,
  type Outcome,
  openLine,
  retireLine,
  type Timeouts,
} from './send-request.ts'

export type SessionOptions = {
  readonly target: ClusterTarget
  /** Connections at most, apart from watches. */
  readonly concurrency: number
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  readonly userAgent: string
}

/** What repeating a request does, and what it is for. */
export type Exchange<T> = {
  readonly request: HttpRequest
  /** Sending it twice has the effect of sending it once. */
  readonly repeatable: boolean
  readonly signal: AbortSignal | undefined
  /** One try over a line. */
  readonly send: (line: Line, timeouts: Timeouts) => Promise<Outcome<T>>
  readonly answerOf: (value: T) => HttpAnswer
}

/** One cluster: an authenticated line that renews its credentials, retries, and counts. */
export class Session {
  readonly context: string
  readonly server: string
  readonly #options: SessionOptions
  #line: Promise<Line>
  #requests = 0

  constructor(options: SessionOptions, line: Line) {
    this.context = options.target.context
    this.server = publicUrl(options.target.cluster.server)
    this.#options = options
    this.#line = Promise.resolve(line)
  }

  requestCount(): number {
    return this.#requests
  }

  /**
   * Sends a request until it is answered, refused for good, or out of tries; a 401 renews the credentials once.
   * SIDE EFFECTS: requests; waits. Rejects with ObolError when no answer came.
   */
  async exchange<T>(exchange: Exchange<T>): Promise<T> {
    const { retry, timeouts } = this.#options
    let renewed = false
    for (let attempt = 1; ; attempt++) {
      const used = this.#line
      const line = await used
      this.#requests += 1
      const outcome = await exchange.send(line, timeouts)
      if (outcome.ok && exchange.answerOf(outcome.value).status === 401 && !renewed) {
        renewed = true
        await this.#renew(used)
        continue
      }
      const tried: Try = outcome.ok ? { answer: exchange.answerOf(outcome.value) } : { failure: outcome.failure.kind }
      const wait = retryDelay(retry, tried, { attempt, repeatable: exchange.repeatable, now: Date.now() })
      if (wait !== undefined) await this.#pause(wait, exchange)
      else if (outcome.ok) return outcome.value
      else throw this.failure(outcome.failure, exchange.request)
    }
  }

  /** The user's error for a failure of the network. */
  failure(failure: NetworkFailure, request: HttpRequest): ObolError {
    const { connectMs, responseMs } = this.#options.timeouts
    const [path = ''] = request.path.split('?')
    return networkError(failure, {
      ...{ context: this.context, server: this.server, method: request.method, path },
      ...{ connectTimeoutMs: connectMs, responseTimeoutMs: responseMs },
    })
  }

  async close(): Promise<void> {
    const line = await this.#line.catch(() => undefined)
    if (line !== undefined) closeLine(line)
  }

  /** Many requests may hear 401 at once; the credentials that they used are replaced once. */
  async #renew(used: Promise<Line>): Promise<void> {
    if (this.#line === used) this.#line = this.#replace(used)
    await this.#line
  }

  async #replace(used: Promise<Line>): Promise<Line> {
    const { target, concurrency, userAgent } = this.#options
    try {
      const line = openLine(target.cluster.server, await authenticate(target), concurrency, userAgent)
      retireLine(await used)
      return line
    } catch (error) {
      // The next 401 may find the login command in order again.
      this.#line = used
      throw error
    }
  }

  async #pause<T>(ms: number, { signal, request }: Exchange<T>): Promise<void> {
    try {
      await this.#options.retry.sleep(ms, signal)
    } catch (cause) {
      throw this.failure({ kind: 'interrupted', cause }, request)
    }
  }
}
