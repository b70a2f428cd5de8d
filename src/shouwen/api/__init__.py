"""REST for other systems (接口): read and record under ``/api/v1``, as one's own person and through the same doors."""
