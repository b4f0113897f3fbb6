import type { Comment, CommentHost, Written } from './comment-host.ts'

export type PutRequest = {
  /** Names the comment among others of the same tool: `obol-review:shop`. */
  readonly marker: string
  /** Markdown, with the marker in its first line. */
  readonly body: string
  /** What the body is about; a pull request that has moved on keeps its comment. */
  readonly commit: string | undefined
  /** True when there is nothing to tell: then no new comment is made. */
  readonly isQuiet: boolean
}

export type PutResult =
  | { readonly result: 'created' | 'updated' | 'unchanged'; readonly url: string }
  /** Nothing to tell, and nothing that was told before. */
  | { readonly result: 'quiet' }
  /** The pull request has a newer commit, whose own run comments. */
  | { readonly result: 'outdated' }
  /** The token may not write comments, as for a pull request from a fork. */
  | { readonly result: 'denied' }

/**
 * Makes sure that a pull request has one comment of ours that says `body`. Only a comment that carries the marker in its
 * first line and was written by us is edited. SIDE EFFECTS: requests of `host`; at most one of them writes.
 */
export async function putComment(host: CommentHost, request: PutRequest): Promise<PutResult> {
  const { marker, body, commit, isQuiet } = request
  const [comments, author, head] = await Promise.all([host.list(), host.whoAmI(), host.headCommit()])
  if (comments === 'denied') return { result: 'denied' }
  if (commit !== undefined && head !== undefined && head !== commit) return { result: 'outdated' }
  const ours = comments.find((comment) => isOurs(comment, marker, author))
  if (ours === undefined) return isQuiet ? { result: 'quiet' } : told('created', await host.create(body))
  if (sameText(ours.body, body)) return { result: 'unchanged', url: ours.url }
  return told('updated', await host.update(ours.id, body))
}

/** Anybody may write the marker into a comment; whose comment it is decides. */
function isOurs({ body, author }: Comment, marker: string, me: string | undefined): boolean {
  return body.startsWith(`<!-- ${marker} -->`) && (me === undefined || author === me)
}

/** Hosts store other line ends. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trimEnd() === b.replaceAll('\r\n', '\n').trimEnd()
}

function told(result: 'created' | 'updated', written: Written): PutResult {
  return written.result === 'denied' ? { result: 'denied' } : { result, url: written.comment.url }
}
