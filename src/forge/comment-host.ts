/** A comment of a pull request, as far as it matters here. */
export type Comment = { readonly id: string; readonly body: string; readonly author: string; readonly url: string }

/** What came of a request that changes something: `denied` where the token may not. */
export type Written = { readonly result: 'ok'; readonly comment: Comment } | { readonly result: 'denied' }

/**
 * The comments of one pull request. Every method rejects with ObolError (FORGE_ERRORS), never with a token in any text.
 * SIDE EFFECTS: requests; `create` and `update` write.
 */
export type CommentHost = {
  /** Who comments with this token; undefined where the host does not tell. */
  whoAmI(): Promise<string | undefined>
  /** Full hash of the newest commit of the pull request. */
  headCommit(): Promise<string | undefined>
  /** All comments, oldest first; `denied` where the token may not even read. */
  list(): Promise<readonly Comment[] | 'denied'>
  create(body: string): Promise<Written>
  update(id: string, body: string): Promise<Written>
}
