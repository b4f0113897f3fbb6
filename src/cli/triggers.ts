/** Something asks for another round: many changes at once ask for one, and none that comes during a round is lost. */
export class Triggers {
  readonly #settleMs: number
  readonly #signal: AbortSignal
  #pending = false
  #wake: (() => void) | undefined

  /** @param settleMs a burst of changes is over when nothing came for that long, in milliseconds. */
  constructor(settleMs: number, signal: AbortSignal) {
    this.#settleMs = settleMs
    this.#signal = signal
  }

  fire(): void {
    this.#pending = true
    this.#wake?.()
  }

  /** Resolves when fired (and settled), when the signal aborts, or after `limitMs` milliseconds. */
  async next(limitMs: number): Promise<void> {
    if (!this.#pending) await this.#sleep(limitMs)
    while (this.#pending && !this.#signal.aborted) {
      this.#pending = false
      await this.#sleep(this.#settleMs)
    }
  }

  #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    const timer = setTimeout(wake, ms)
    this.#wake = wake
    this.#signal.addEventListener('abort', wake)
    if (this.#signal.aborted) resolve()
    return promise.finally(() => {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', wake)
      this.#wake = undefined
    })
  }
}
