"""HTTP manners: authentication, bodies, paging, problems. It knows no domain."""
