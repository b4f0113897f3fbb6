// Generated from schemas/workspace.schema.json by `npm run gen`. Do not edit.

/**
 * The file obol.yaml at the root of a workspace: whose offers these are and how they are applied.
 */
export interface Workspace {
  /**
   * The version of this vocabulary.
   */
  apiVersion: 'offers.obol.org/v1alpha1'
  /**
   * Workspace.
   */
  kind: 'Workspace'
  metadata: WorkspaceMetadata
  spec: WorkspaceSpec
}
/**
 * The workspace's name, for people.
 */
export interface WorkspaceMetadata {
  /**
   * A name for people.
   */
  name: string
}
/**
 * What the workspace holds and what it may do.
 */
export interface WorkspaceSpec {
  /**
   * Value of the label offers.obol.org/workspace on every object of this workspace. Never change it: objects with another id are not ours and stay.
   */
  id: string
  host?: WorkspaceHost
  /**
   * Files and folders with offers, relative to the workspace. Default: offers.
   *
   * @minItems 1
   */
  offers?: string[]
  prune?: WorkspacePrune
  apply?: WorkspaceApply
}
/**
 * This host, as the cluster sees it.
 */
export interface WorkspaceHost {
  /**
   * IP address under which the cluster reaches this host; found by itself where it can be. Never a loopback address.
   */
  address?: string
}
/**
 * How many objects one apply may delete without approval: the larger of the two.
 */
export interface WorkspacePrune {
  /**
   * Objects. Default: 3.
   */
  maxCount?: number
  /**
   * Percent of the workspace's objects. Default: 10.
   */
  maxPercent?: number
}
/**
 * How an apply runs.
 */
export interface WorkspaceApply {
  /**
   * Steps that may run side by side. Default: 16.
   */
  concurrency?: number
}
