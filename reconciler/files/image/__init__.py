"""Images on the disk: which files a dataset has, what their bytes tell, and small pictures of them."""
