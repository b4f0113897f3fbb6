// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.24;

/// @title An owner that cannot hold ERC-721 tokens
/// @dev Put at an address by `anvil_setCode`; whoever sends from there meets ERC721InvalidReceiver.
contract RejectingOwner {
    receive() external payable {}
}
