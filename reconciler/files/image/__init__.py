"""Images on the disk: which files a dataset has, what their bytes say, and small pictures of them."""
