"""What nobody told us: open attempts are asked about, lists of gateways compared with ours."""
